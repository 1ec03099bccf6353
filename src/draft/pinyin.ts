/** Syllables of the characters that the dictionary's words are made of, without tones: names of columns are often their initials. */
const lines = `
zhan站 dian点典电淀滇 ce测 wei位为围委微危违 jian监检间简减碱见建件 zi子自资字 guo国果 kong控空孔 qi气期企其起器 shu数属输树束述枢术书 ju据局巨 xiao小效消销 shi时实市是始事示使适式识施石失试湿释 ri日
fen分粉酚粪 zhong钟中终种重 nong浓 du度督读毒 zhi质值直治置止指制质滞制植志知支智 liang量亮 jie结解阶接截节 guo果过 jun均菌 shui水 duan断段 mian面 di地低底第堤滴 biao表标 ping评平 jia价架甲 lei类 bie别 yue月越 bao报保备暴包
da达大 qing情清氢轻 kuang况矿 qi企 ye业 dan单氮 wu污物务无乌 ran染燃 yuan源原员园 pai排牌 chong冲充 dian点 gong公工供功 si司四丝 fa法罚发 ren人认任 chang场厂常偿 zhu主注住柱 ti体题提 fang放方房防 kou口扣 fei废非费肥 cha查察 xian现限显县 xun巡讯询 wei违
xing行性型形 an案安氨 li立理力历例厘粒 huan环还换 jing境经精净 chu处出初除 zheng政证整正 jue决绝 ding定 xin信新 xi息系析锡硒细西吸 yu预域余与于玉 tian天 ying应影英营 ji急级基及计集积机际几季迹剂绩 zi资 liao料辽 tai台态太 zhang账章 ming明名 xi细 lu录路露绿氯 dang档当
hui汇会回挥 zong总综 ku库枯 bei备被北背 fen份 lin临磷林 gui归规硅 qu区取去趋渠曲 hua划化花华 dai代带待 ma码马 suo所 zai在载再 cheng城成程称 xia辖下夏 shen审身申 he核合和河荷 zhuang状装壮 fu复负服腹附浮氟副 ru入如乳 jie接 shou收受手首守 chuang创 jian建 cha插 ban版办半 hao号耗好毫 xiu修 ding订 gai改
ci次磁 bian编变边 cheng称 yao要药 su素速塑宿诉 bo拔播 gao高告 cheng程 yun运云 wei维 lian联连练 xi系 fu负 ze责则 dian电 hua话 guan管冠关 qian迁前签铅千 yi移宜一已以亿异 ti替 qi启 yong用永 tou投 ting停 che撤 yin因饮银引阴 mu目亩 xiang项象乡向 guan观 cai采财 yang样养阳氧扬洋 kai开 qi起 zhi止 tong统通同铜 zhou周 you有由油游 xiao效
liu流硫六 yu域 he河 hu湖护互户壶 kao考 nian年 duan段 deng等 chao超巢潮 ying营 yang养 she社设射摄 quan全权 ceng曾层 min民敏 xiang详 xu许续需 ke可科颗刻克课 ji绩 xing姓 ming名 ka卡 shen身 hao号 ji机 jian件 ding定 lian联 chan产铲 neng能 yuan源
tong筒 cong从匆 yan烟盐严验延沿 chuang窗 nei内 jing径 zhi直 na纳钠 lun论轮 wen问文温稳 ti题 jin金近进津 e额恶 mo没末膜 dang当 xiang相 dui对队 zuo作做坐座 ri日 yi议 song诉讼松送 xiao销 yan颜 se色 xiang响 dong动东冬 tiao条调 bu布不部步 cuo措 rong容溶荣 shan删山善 geng更 zui最罪 hou后 dong东 zuo坐 wei纬伟 bei北 huo火活获货或 fan反 de德得 can参残
xian限 chang常 gong工 shu输 zhang障 hu护 gu故骨固 jiao校交焦较 xiao校 zao噪造早 sheng声生省升圣 tu土图途 rang壤 lu路 bian边 jing景 chang长 jiang江降 huang黄 zhu珠 song松 hua花 huai淮 liao辽 hai海害 su苏 lie劣列 feng风封峰锋 ling领灵令零 mei煤没镁每 dun吨 ban般 shuang双 sui随碎 chou抽臭 xiu臭 zhuan专转 fang访 bang帮 jiu九救 pi批 an按 kou扣 ya押亚压 zan暂 diao吊调 ling令 bi闭必壁苯 ju拘 liu留 zhe折着者 dai怠 ben苯本
ke颗 li粒 xi细 xuan悬 fu浮 ya亚 mi米密 er二 yang氧 liu硫 dan氮 tan碳炭探 chou臭 an氨 qing氢氰 jia甲 wan烷万 ting烃 gong汞 han含汉 xue学血 meng锰蒙 suan酸 zhi指 lin磷 shi石 fen酚 huo活 ge镉铬个格各 liu六 shen砷 qian铅 nie镍 tong铜 xin锌 fen粪 da大 chang肠 jun菌 qun群 rong溶 jie解 gao高 hua化 wu五 zong总 dao导 lv率 lü率 re热 li立
zong总 hai氦 yuan源 lei类 zhong种 qi汽 wu雾 jin津 yu渝 qiong琼 chuan川 gan赣 wan皖 xiang湘 e鄂 min闽 ji冀 lu鲁 yu豫 jin晋 shan陕 gan甘 zhe浙 pian片 nan南 zhu诸 kua跨 jie界 tai态 fa乏 xun训 wei卫 fu辅 cheng承 diao掉 hui徽 kong控 deng登 sha砂沙 chen尘 jie街 zhen镇 cun村 zu组 zhi织 yuan院 zi紫 ji机 dan旦 pian偏 yin音 liang两 ji寄 guang光广 ji疾 hu呼 jia加假 rang让
hang航 zhi执址 ji记 kuan款 jing警 shi史 fou否 ji济 ce册 cong囱 zhun准 xing星 li离 bang磅 fang防 jian键 shi市 xing行 ye液 you油 ye页 mi密 lou楼 chuan传 tan弹 shang上伤商 kao靠 ban搬 bu补
`;

const syllables: ReadonlyMap<string, string> = (() => {
  const table = new Map<string, string>();
  for (const word of lines.trim().split(/\s+/)) {
    const [, syllable = "", characters = ""] = /^([a-zü]+)(.+)$/u.exec(word) ?? [];
    // The first reading that is listed stays: 校 is jiao in 校准, 重 is zhong here. 行 is hang in 行业 alone.
    for (const character of characters) if (!table.has(character)) table.set(character, syllable);
  }
  return table;
})();

/** `站点名称` → `["zhan", "dian", "ming", "cheng"]`; null where a character is not known. Latin letters and digits stay as they are. */
export function pinyinOf(word: string): readonly string[] | null {
  const found: string[] = [];
  for (const character of word.toLowerCase().replaceAll("行业", "航业")) {
    const syllable = syllables.get(character) ?? (/[a-z0-9.]/.test(character) ? character : null);
    if (syllable === null) return null;
    found.push(syllable);
  }
  return found;
}
